// Answers each request with what it understood: METHOD TARGET LENGTH. Prints its port.
import http from "node:http";

const server = http.createServer({ insecureHTTPParser: false }, (request, response) => {
  let length = 0;
  request.on("data", data => (length += data.length));
  request.on("end", () => {
    const text = `${request.method} ${request.url} ${length}`;
    response.writeHead(200, { "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
