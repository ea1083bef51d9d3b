"""Miners' APIs for tests: miner_server.py MODE... Prints `listening PORT... `, one port for each mode, then `asked MODE TEXT ` for
every request. A mode is `good`, `refuses`, `rubbish`, `silent` (takes the request and says nothing) or `half` (a cut answer)."""
import selectors, signal, socket, sys

answers = {
    "good": b'{"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"BYE"}],"id":1}\0',
    "refuses": b'{"STATUS":"E","When":1,"Code":45,"Msg":"Access denied"}\0',
    "rubbish": bytes(range(256)) * 64,
    "half": b'{"STATUS":[{"STA',
}
ready = selectors.DefaultSelector()
listeners = {}
for mode in sys.argv[1:]:
    listener = socket.create_server(("127.0.0.1", 0))
    listeners[listener] = mode
    ready.register(listener, selectors.EVENT_READ)
print("listening", *(listener.getsockname()[1] for listener in listeners), "", flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
kept = []
while True:
    for key, _ in ready.select():
        connection, _ = key.fileobj.accept()
        mode = listeners[key.fileobj]
        print("asked", mode, connection.recv(4096).decode(errors="replace"), "", flush=True)
        if mode == "silent":
            kept.append(connection)
            continue
        try:
            connection.sendall(answers[mode])
        except OSError:
            pass  # it had heard enough
        connection.close()
