"""A web server for tests: webhook_server.py FOLDER [PORT]. Prints `listening PORT`, then `post N` for every POST it took, whose
body is FOLDER/post-N.json and whose headers are FOLDER/post-N.headers. `/busy` answers 503, `/wrong` 400."""
import http.server, json, pathlib, signal, sys

folder = pathlib.Path(sys.argv[1])
count = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = {"/busy": 503, "/wrong": 400}.get(self.path, 204)
        if status == 204:
            count += 1
            (folder / f"post-{count}.json").write_bytes(body)
            (folder / f"post-{count}.headers").write_text(json.dumps(dict(self.headers)))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if status == 204:
            print(f"post {count} ", flush=True)


server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
print(f"listening {server.server_port} ", flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server.serve_forever()
