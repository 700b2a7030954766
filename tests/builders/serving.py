"""An application behind a real socket, for contract tests."""

import contextlib
import dataclasses
import socket
import threading

import uvicorn


@contextlib.contextmanager
def serving(app):
    """Serve the application on a free port of loopback and give its address."""
    # asyncio sends small answers at once only where the socket names its protocol.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            # The listener queues calls until the server takes them: nobody has to wait for it.
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def turn_back(knobs):
    """Set the knobs as they were when the server started."""
    fresh = type(knobs)()
    for field in dataclasses.fields(knobs):
        setattr(knobs, field.name, getattr(fresh, field.name))
