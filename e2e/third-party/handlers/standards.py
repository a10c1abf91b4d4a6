"""AWS's model-hosting-container-standards as they are: their session manager before a handler."""

from fastapi import FastAPI, Request
from model_hosting_container_standards.sagemaker import bootstrap, stateful_session_manager

app = FastAPI()


@app.get("/ping")
async def ping() -> dict[str, object]:
    return {}


@app.post("/invocations")
@stateful_session_manager()
async def invocations(request: Request) -> dict[str, object]:
    return {"echo": await request.json()}


bootstrap(app)
