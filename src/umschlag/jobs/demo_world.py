"""The demo's outside systems as one process of their own."""

from umschlag.settings import Settings


def serve_world(settings: Settings, *, port: int | None, small: bool) -> None:
    """Serve them on loopback until interrupted; the world's first day is kept under `var_dir`."""
    from umschlag.simulators.server import serve

    serve(
        port=port or settings.simulators_port,
        state_dir=settings.var_dir / "simulators",
        **(SMALL if small else {}),
    )


SMALL = {
    "days": 90,
    "article_count": 60,
    "client_count": 8,
    "store_count": 12,
    "sheet_asin_count": 40,
    "preorder_count": 4,
}
