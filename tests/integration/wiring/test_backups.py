import hashlib
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from builders.agency_records import a_purse
from builders.lake import DAY, a_sale, article_day, rows_of
from builders.object_store import a_bucket, a_running_store
from builders.records import (
    NOW,
    a_cart,
    a_client,
    a_forecast,
    a_movement,
    a_pallet,
    a_run,
    a_snapshot_run,
    a_store,
    an_article,
    an_asin,
)
from umschlag.allocation.balances.chain import chain_faults
from umschlag.kernel.errors import Misconfigured
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.upkeep import verify
from umschlag.storage.records import dump, lake_files, ledger_guard
from umschlag.storage.records.ledger import book, chain_end, entries_of
from umschlag.storage.records.models import (
    Article,
    Backup,
    Client,
    LakeFile,
    LedgerEntry,
    MovementRule,
    PlentymarketsCredential,
    SnapshotRun,
)
from umschlag.wiring.backups import (
    BackupDamaged,
    BackupDoesNotFit,
    backups_dir,
    make_backup,
    restore_backup,
)
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SPANS = Question.parse("SELECT * FROM article_spans ORDER BY sku, from_date", name="spans")
STOCK = Question.parse(
    "SELECT sku, on_hand_units, unit_cost_minor FROM article_days ORDER BY sku", name="stock"
)


@pytest.fixture
def settings(settings_in):
    return settings_in()


def fill(settings):
    """Enter something of every kind of column, and two files of history."""
    user = User.objects.create_superuser("jörg", "joerg@example.com", "a long password")
    group = Group.objects.create(name="Einkauf")
    group.permissions.add(*Permission.objects.order_by("pk")[:3])
    user.groups.add(group)
    lamp = an_article(name="Lampe „Größe 2“\n| 💡", on_hand_units=-3)
    a_movement(lamp, stock_turnover_per_year=3.1415926535897931, days_of_supply=None)
    a_forecast(lamp, mean_units=0.1 + 0.2)
    a_snapshot_run(finished_at=NOW, skipped=["HX-9: no price", {"b": 1, "a": [1, 2.5, None]}])
    MovementRule.objects.create(
        name="Dead", verdict="penner", stock_turnover_threshold=Decimal("2.50")
    )
    PlentymarketsCredential.objects.create(
        name="shop", base_url="https://shop.example", username="u", password="geheim"
    )
    client = a_client()
    store = a_store(client)
    an_asin()
    cart = a_cart(a_run(made_by=user), store)
    a_pallet(cart)
    purse = a_purse(client)
    book(
        [purse.told_by_panel(9_000, note="Größe 💡"), purse.hold(900, cart_id=cart.pk)],
        booked_at=NOW,
    )
    lake = open_lake(settings)
    lake.publish("article_days", str(DAY), rows_of("article_days", article_day()))
    lake.publish("sales", "2026-09", rows_of("sales", a_sale(), a_sale("o2")))


def wipe(settings):
    with transaction.atomic(), dump.in_any_order():
        dump.empty_tables()
    shutil.rmtree(settings.lake_dir, ignore_errors=True)


def everything():
    """Return every table's lines but the list of backups, which making one adds to."""
    return {
        model._meta.label: list(dump.lines_of(model))
        for model in dump.dumped_models()
        if model is not Backup
    }


def copy_of(file, tmp_path, change):
    """Return a copy of the archive in which `change(name, content)` decides each member."""
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return changed


def test_what_was_wiped_comes_back_table_for_table_and_answer_for_answer(settings):
    fill(settings)
    before = everything()
    stock = open_lake(settings).ask(STOCK)

    made = make_backup(settings)
    wipe(settings)
    restored = restore_backup(settings, made.path)

    assert everything() == before
    assert open_lake(settings).ask(STOCK).equals(stock)
    assert verify(open_lake(settings)) == []
    assert restored.row_count == made.row_count
    assert restored.lake_file_count == made.lake_file_count == 2
    assert User.objects.get(username="jörg").check_password("a long password")
    assert PlentymarketsCredential.objects.get().password == "geheim"


def test_the_ledger_comes_back_with_its_chain_and_goes_on_from_there(settings):
    fill(settings)
    client = Client.objects.get()
    made = make_backup(settings)
    book([a_purse(client).told_by_panel(77)], booked_at=NOW)

    restore_backup(settings, made.path, replace=True)

    assert chain_end().number == 2
    (next_entry,) = book([a_purse(client).told_by_panel(50)], booked_at=NOW)
    assert next_entry.number == 3
    assert list(chain_faults(entries_of(), end=chain_end())) == []
    assert ledger_guard.missing_triggers() == []
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LedgerEntry._base_manager.all()._raw_delete(using="default")


def test_a_compacted_history_comes_back_with_its_months_and_years(settings):
    lake = open_lake(settings)
    for offset in range(70):
        rows = rows_of("article_days", article_day(business_date=DAY + timedelta(days=offset)))
        lake.publish("article_days", str(DAY + timedelta(days=offset)), rows)
    compact(lake)
    before = everything()
    spans = lake.ask(SPANS)

    made = make_backup(settings)
    restore_backup(settings, made.path, replace=True)

    assert everything() == before
    assert LakeFile.objects.filter(joined_into__unit=str(DAY.year)).count() == 2
    assert lake.ask(SPANS).equals(spans)


def test_new_rows_after_a_restore_get_numbers_of_their_own(settings):
    fill(settings)
    made = make_backup(settings)
    wipe(settings)
    restore_backup(settings, made.path)

    assert an_article("HX-2").pk > Article.objects.get(sku="HX-1").pk
    assert a_client("Südlicht").pk > Client.objects.get(name="Nordlicht GmbH").pk


def test_a_backup_is_recorded_once_it_was_read_back(settings):
    fill(settings)

    made = make_backup(settings)

    record = Backup.objects.get()
    assert record.path == str(made.path)
    assert record.sha256 == made.sha256
    assert record.byte_count == made.path.stat().st_size
    assert record.verified_at is not None
    assert [file.suffix for file in backups_dir(settings).iterdir()] == [".zip"]


def test_stored_credentials_stay_encrypted_in_the_file(settings):
    fill(settings)

    made = make_backup(settings)

    with zipfile.ZipFile(made.path) as archive:
        text = archive.read("records/records.PlentymarketsCredential.jsonl").decode()
    assert "geheim" not in text
    assert json.loads(text)["password"].startswith("gAAAA")


def test_production_keeps_its_encryption_key_out_of_the_file(settings_in):
    production = settings_in(mode="production", secret_key="s" * 50, encryption_key="k" * 43 + "=")

    made = make_backup(production)

    with zipfile.ZipFile(made.path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("secrets/")]


def test_the_demo_brings_its_own_key_back(settings):
    settings.var_dir.mkdir(parents=True)
    (settings.var_dir / "encryption_key").write_text("the demo's key")
    made = make_backup(settings)
    (settings.var_dir / "encryption_key").write_text("a fresh installation's key")

    # Restoring hands the running process the key as well; that must not reach other tests.
    with override_settings(UMSCHLAG_ENCRYPTION_KEY="a fresh installation's key"):
        restore_backup(settings, made.path)

    assert (settings.var_dir / "encryption_key").read_text() == "the demo's key"


def test_another_key_is_refused_unless_the_credentials_are_given_up(settings, tmp_path):
    fill(settings)
    made = make_backup(settings)
    other = copy_of(
        made.path,
        tmp_path,
        lambda name, content: (
            content.replace(b'"key_fingerprint": "', b'"key_fingerprint": "x')
            if name == "manifest.json"
            else content
        ),
    )
    wipe(settings)

    with pytest.raises(BackupDoesNotFit, match="--lost-key"):
        restore_backup(settings, other)
    assert not Article.objects.exists()

    restore_backup(settings, other, lost_key=True)

    assert Article.objects.count() == 1
    assert PlentymarketsCredential.objects.get().password == ""


def test_a_restore_over_records_is_refused_until_it_is_said(settings):
    fill(settings)
    made = make_backup(settings)
    an_article("HX-later")
    before = everything()

    with pytest.raises(BackupDoesNotFit, match="--replace"):
        restore_backup(settings, made.path)
    assert everything() == before

    restore_backup(settings, made.path, replace=True)

    assert not Article.objects.filter(sku="HX-later").exists()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda name, content: (
                content.replace(b"HX-1", b"HX-7") if "Article." in name else content
            ),
            id="a row was changed",
        ),
        pytest.param(
            lambda name, content: content[:-1] if name.startswith("lake/") else content,
            id="a lake file was cut off",
        ),
        pytest.param(
            lambda name, content: None if name == "records/records.Client.jsonl" else content,
            id="a table is missing",
        ),
        pytest.param(
            lambda name, content: None if name == "manifest.json" else content,
            id="the manifest is missing",
        ),
        pytest.param(
            lambda name, content: b"{}" if name == "manifest.json" else content,
            id="the manifest is empty",
        ),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(settings, tmp_path, change):
    fill(settings)
    made = make_backup(settings)
    before = everything()
    damaged = copy_of(made.path, tmp_path, change)

    with pytest.raises(BackupDamaged):
        restore_backup(settings, damaged, replace=True)

    assert everything() == before
    assert verify(open_lake(settings)) == []


def test_a_backup_cut_off_half_way_is_refused(settings):
    fill(settings)
    made = make_backup(settings)
    content = made.path.read_bytes()
    made.path.write_bytes(content[: len(content) // 2])

    with pytest.raises(BackupDamaged, match="nothing was changed"):
        restore_backup(settings, made.path, replace=True)

    assert Article.objects.count() == 1


def test_a_path_that_leads_out_of_the_lake_is_refused(settings, tmp_path):
    fill(settings)
    made = make_backup(settings)

    def outward(name, content):
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        manifest["lake_files"] = {"../../stolen": "0" * 64}
        return json.dumps(manifest)

    with pytest.raises(BackupDamaged, match="leads out"):
        restore_backup(settings, copy_of(made.path, tmp_path, outward), replace=True)


def test_files_that_cannot_be_laid_down_leave_the_records_as_they_were(settings):
    fill(settings)
    made = make_backup(settings)
    an_article("HX-later")
    shutil.rmtree(settings.lake_dir)
    before = everything()
    # A plain file where the lake's folder has to be.
    settings.lake_dir.write_text("in the way")

    with pytest.raises(Misconfigured, match="nothing was changed"):
        restore_backup(settings, made.path, replace=True)

    assert everything() == before


def test_a_damaged_file_is_put_right_and_a_right_one_stays_as_it_is(settings):
    fill(settings)
    made = make_backup(settings)
    damaged, right = (settings.lake_dir / file.path for file in lake_files.kept_files())
    content = damaged.read_bytes()
    damaged.write_bytes(bytes(len(content)))
    written_at = right.stat().st_mtime_ns

    restore_backup(settings, made.path, replace=True)

    assert damaged.read_bytes() == content
    assert right.stat().st_mtime_ns == written_at


def test_what_we_knew_then_comes_back_and_what_nothing_needs_does_not(settings):
    lake = open_lake(settings)
    known_at = []
    for units in (5, 7):
        rows = rows_of("article_days", article_day(on_hand_units=units))
        lake.publish("article_days", str(DAY), rows)
        lake.publish("sales", "2026-09", rows_of("sales", a_sale()))
        known_at.append(timezone.now())
    lake.files.remove(LakeFile.objects.get(dataset="sales", version=1).path)

    made = make_backup(settings)
    wipe(settings)
    restore_backup(settings, made.path)

    assert lake.ask(STOCK, known_at=known_at[0])["on_hand_units"].to_pylist() == [5]
    assert lake.ask(STOCK)["on_hand_units"].to_pylist() == [7]
    assert made.lake_file_count == LakeFile.objects.count() == 3
    assert verify(lake) == []


def test_a_lake_in_object_storage_is_backed_up_and_comes_back(settings_in):
    with a_running_store() as endpoint_url:
        bucket = a_bucket(endpoint_url)
        settings = settings_in(
            lake_files=f"s3://{bucket.name}/{bucket.prefix}/",
            lake_s3_endpoint=endpoint_url,
            lake_s3_region=bucket.region,
            lake_s3_key_id=bucket.key_id,
            lake_s3_secret=bucket.secret,
        )
        fill(settings)
        stock = open_lake(settings).ask(STOCK)
        made = make_backup(settings)
        with transaction.atomic():
            dump.empty_tables()
        files = open_lake(settings).files
        for file in list(files.found()):
            files.remove(file.path)

        restore_backup(settings, made.path)

        assert open_lake(settings).ask(STOCK).equals(stock)
        assert verify(open_lake(settings)) == []
        assert made.lake_file_count == len(list(files.found())) == 2
        assert not settings.lake_dir.exists()


def test_rows_that_refer_to_nothing_are_refused_and_change_nothing(settings, tmp_path):
    fill(settings)
    made = make_backup(settings)
    before = everything()
    name = "records.Store"

    def orphaned(member, content):
        row = json.loads(zipfile.ZipFile(made.path).read(f"records/{name}.jsonl")) | {
            "client_id": 4_711
        }
        line = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        lines = line.encode() + b"\n"
        if member == f"records/{name}.jsonl":
            return lines
        if member == "manifest.json":
            manifest = json.loads(content)
            manifest["tables"][name]["sha256"] = hashlib.sha256(lines).hexdigest()
            return json.dumps(manifest)
        return content

    with pytest.raises(BackupDamaged, match="nothing was changed"):
        restore_backup(settings, copy_of(made.path, tmp_path, orphaned), replace=True)

    assert everything() == before
    assert verify(open_lake(settings)) == []


def test_tables_of_another_version_are_refused(settings, tmp_path):
    made = make_backup(settings)

    def older(name, content):
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        manifest["migrations"] = manifest["migrations"][:-1]
        return json.dumps(manifest)

    with pytest.raises(BackupDoesNotFit, match="another version"):
        restore_backup(settings, copy_of(made.path, tmp_path, older))


def test_only_the_newest_backups_are_kept(settings_in):
    settings = settings_in(backups_kept=2)

    made = [make_backup(settings) for _ in range(4)]

    assert [one.path.exists() for one in made] == [False, False, True, True]
    assert Backup.objects.count() == 2


def test_a_missing_lake_file_stops_the_backup_and_leaves_no_half_file(settings):
    fill(settings)
    next(settings.lake_dir.rglob("*.parquet")).unlink()

    with pytest.raises(Misconfigured, match="could not be written"):
        make_backup(settings)

    assert list(backups_dir(settings).iterdir()) == []
    assert not Backup.objects.exists()


def test_reading_sees_one_instant_however_long_it_takes(settings):
    a_snapshot_run()
    with dump.one_instant():
        first = list(dump.lines_of(SnapshotRun))
        assert connection.in_atomic_block
        assert list(dump.lines_of(SnapshotRun)) == first


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_has_not_read_yet_sees_one_instant_too(settings):
    def read():
        try:
            with dump.one_instant():
                return connection.in_atomic_block
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as worker:
        assert worker.submit(read).result()


def test_every_table_comes_after_those_it_refers_to():
    models = dump.dumped_models()

    for place, model in enumerate(models):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is not model:
                assert models.index(field.related_model) < place
