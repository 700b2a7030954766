"""Write-backs on record."""

from decimal import Decimal

from builders.web import NOW
from umschlag.storage.records import models


def a_write_back(*lines, **values):
    run = models.WriteBackRun.objects.create(
        **{
            "kind": "stock",
            "is_dry": True,
            "status": "complete",
            "started_at": NOW,
            "finished_at": NOW,
            "asker": "anna",
            "reason": "stocktaking",
            "row_count": len(lines) or 1,
            "requests": [{"method": "PUT", "path": "/rest/correction", "body": {"quantity": 10}}],
        }
        | values
    )
    for number, line in enumerate(lines or ({},), start=2):
        models.WriteBackLine.objects.create(
            run=run,
            row=number,
            **{
                "sku": f"HX-{number}",
                "place_id": 1,
                "place_name": "Hauptlager",
                "before": Decimal(12),
                "asked": Decimal(10),
                "outcome": "would_send",
            }
            | line,
        )
    return run
