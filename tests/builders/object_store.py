"""An S3-compatible store on loopback, with a bucket, and files in it."""

import secrets
from contextlib import contextmanager

from umschlag.storage.lake.object_store import Bucket, Copies, ObjectFiles

REGION = "eu-central-1"


@contextmanager
def a_running_store():
    """Serve S3 on a free port until the block ends; yield its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client_of(endpoint_url):
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id="key-id",
        aws_secret_access_key="the-secret",
        region_name=REGION,
    )


def a_bucket(endpoint_url, **values):
    """Make a bucket of its own, so that tests may share one store."""
    name = f"lake-{secrets.token_hex(4)}"
    client_of(endpoint_url).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return Bucket(**told_bucket(endpoint_url, name) | values)


def told_bucket(endpoint_url, name):
    return {
        "name": name,
        "prefix": "shop/lake",
        "endpoint_url": endpoint_url,
        "region": REGION,
        "key_id": "key-id",
        "secret": "the-secret",
        "seconds_max": 10.0,
    }


def object_files(bucket, folder, *, bytes_max=1_000_000_000, in_use_seconds=3600.0):
    copies = Copies(folder / "copies", bytes_max=bytes_max, in_use_seconds=in_use_seconds)
    return ObjectFiles(bucket=bucket, copies=copies)
