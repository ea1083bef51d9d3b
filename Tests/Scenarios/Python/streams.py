"""A thousand readers want the event stream of a site; half of those let in never read again. Prints what became of them."""
import json, socket, sys, time

port, attempts, ticks = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
request = b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
accepted, refused, cut = [], 0, 0
waiting = []
for number in range(attempts):
    try:
        reader = socket.create_connection(("127.0.0.1", port), timeout=10)
        reader.sendall(request)
        waiting.append(reader)
    except OSError:
        cut += 1
    # No more at once than this host has descriptors for.
    while len(waiting) >= 100 or waiting and number == attempts - 1:
        reader = waiting.pop(0)
        try:
            head = reader.recv(12).decode()
        except OSError:
            head = ""
        if head == "HTTP/1.1 200":
            accepted.append(reader)
        else:
            refused, cut = refused + (head == "HTTP/1.1 503"), cut + (head != "HTTP/1.1 503")
            reader.close()
stalled, reading = accepted[::2], accepted[1::2]
seen = []
for reader in reading:
    text, end = "", time.monotonic() + 60
    while text.count("event: tick") < ticks and time.monotonic() < end:
        piece = reader.recv(65536)
        if not piece:
            break
        text += piece.decode()
    seen.append(text.count("event: tick"))
print(json.dumps({"accepted": len(accepted), "refused": refused, "cut": cut, "ticks": seen}))
