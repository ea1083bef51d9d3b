"""A mail server (aiosmtpd) for tests: smtp_server.py FOLDER plain|starttls|tls|auth [PORT].

Prints `listening PORT`, then `mail N` for every mail, which is FOLDER/mail-N.eml, its envelope FOLDER/mail-N.json. The
certificate is FOLDER/server.crt. Recipients that begin with `unknown` are refused for ever, with `busy` for now. `auth` is
STARTTLS with a login: site, pass word."""
import json, pathlib, signal, socket, ssl, subprocess, sys, threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP

folder, mode = pathlib.Path(sys.argv[1]), sys.argv[2]


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown"):
            return "550 no such mailbox here"
        if address.startswith("busy"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        (folder / f"mail-{Handler.count}.eml").write_bytes(envelope.original_content)
        (folder / f"mail-{Handler.count}.json").write_text(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "encrypted": session.ssl is not None or mode == "tls",
            "user": session.auth_data.login.decode() if session.auth_data else None}))
        print(f"mail {Handler.count}", flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == b"site" and data.password == b"pass word"
    return AuthResult(success=right, auth_data=data if right else None, handled=False)


def context():
    key, cert = folder / "server.key", folder / "server.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"], check=True,
                   capture_output=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(cert, key)
    return made


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


port = int(sys.argv[3]) if len(sys.argv) > 3 else free_port()
options = {}
if mode == "tls":
    options["ssl_context"] = context()
elif mode in ("starttls", "auth"):
    options.update(tls_context=context(), require_starttls=True)
if mode == "auth":
    options.update(authenticator=authenticate, auth_required=True)
server = Controller(Handler(), hostname="127.0.0.1", port=port, **options)
server.start()
print(f"listening {port} ", flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
threading.Event().wait()
