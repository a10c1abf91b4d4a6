"""Signs requests as botocore does: each line that comes is one in JSON, and so is each answer's headers.

The router's own tests ask it for signatures of requests that they make up.
"""

import datetime
import json
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def signed(asked: dict[str, str], headers: list[list[str]]) -> dict[str, str]:
    request = AWSRequest(asked["method"], asked["url"], data=asked["body"].encode("latin-1"))
    for name, value in headers:
        request.headers.add_header(name, value)
    credentials = Credentials(asked["key"], asked["secret"])
    botocore.auth.SigV4Auth(credentials, "sagemaker", asked["region"]).add_auth(request)
    return {name: request.headers[name] for name in ("X-Amz-Date", "Authorization")}


def main() -> None:
    now = datetime.datetime.fromisoformat(sys.argv[1])
    with mock.patch("botocore.auth.get_current_datetime", lambda: now):
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(signed(asked, asked.pop("headers"))), flush=True)


if __name__ == "__main__":
    main()
