"""Two small web servers, one plain and one with TLS, that misbehave on request. Prints one JSON line: ports and pins."""
import base64, hashlib, http.server, json, pathlib, ssl, subprocess, sys, threading

folder = pathlib.Path(sys.argv[1])


def identity(name):
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", cert, "-subj",
                    f"/CN={name}", "-days", "1"], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True,
                         capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if self.path.startswith("/echo"):
            peer = self.connection.getpeercert(True) if hasattr(self.connection, "getpeercert") else None
            self.reply(200, json.dumps({"method": self.command, "path": self.path, "body": body.decode(),
                                        "header": self.headers.get("X-Test"), "has_certificate": bool(peer)}).encode(),
                       [("X-Answer", "yes"), ("Retry-After", "7")])
        elif self.path == "/large":
            self.reply(200, b"x" * 100_000)
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                self.close_connection = True
        elif self.path == "/silent":
            released.wait(30)
            self.close_connection = True
        elif self.path == "/moved":
            self.reply(302, headers=[("Location", "/echo?moved")])
        elif self.path == "/away":
            self.reply(302, headers=[("Location", f"http://localhost:{plain.server_port}/echo")])
        elif self.path == "/around":
            self.reply(302, headers=[("Location", "/around")])
        elif self.path == "/headers":
            self.reply(200, headers=[(f"X-{n}", "y" * 1000) for n in range(90)])
        else:
            self.reply(404, b"no such thing")

    do_POST = do_GET


released = threading.Event()
pins = {name: identity(name) for name in ("server", "client", "stranger")}
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
ports = {"plain": plain.server_port}
servers = [plain]
for name, version in (("tls", ssl.TLSVersion.TLSv1_3), ("old", ssl.TLSVersion.TLSv1_2)):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    context.load_verify_locations(folder / "client.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    server.socket = context.wrap_socket(server.socket, server_side=True)
    ports[name] = server.server_port
    servers.append(server)
for server in servers:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"ports": ports, "pins": pins}), flush=True)
threading.Event().wait()
