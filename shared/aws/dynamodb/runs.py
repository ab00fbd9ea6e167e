"""Runs, what was noted of sources, and how far the clock came, on DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from shared.accounts import exact_json
from shared.accounts.encoding import micros, moment
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.database import ConditionFailed, Database, WholeNumber, is_key, plain
from shared.runtime.ports import Run, RunMoved, RunState
from shared.runtime.tables import BY_CREATION

KEPT = timedelta(days=90)
KEPT_REJECTS = 50
_COUNT = "count_"
_MOMENTS = ("created_at", "finished_at", "worked_at")


class RunItem(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    created = UnicodeAttribute()
    version = WholeNumber()
    schema = WholeNumber()
    body = UnicodeAttribute()
    expires_at = WholeNumber()


class WatermarkItem(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    reached = WholeNumber()


class DynamoRuns:
    """RunStore and Reports; every method raises Retryable and Permanent besides what its port says."""

    def __init__(self, database: Database, *, runs: str) -> None:
        self._database = database
        self._table = runs
        self._run = database.bind(RunItem, runs)

    def get(self, kind: str, run_id: str) -> Run | None:
        if not is_key(f"run#{kind}") or not is_key(run_id):
            return None
        keys = [{"pk": {"S": f"run#{kind}"}, "sk": {"S": run_id}}]
        return next(map(_run, bulk.get(self._database, self._table, keys)), None)

    def save(self, run: Run) -> Run:
        stored = replace(run, version=run.version + 1)
        absent = self._run.pk.does_not_exist()
        try:
            with self._database.calling(f"save run {run.kind}/{run.id}"):
                condition = absent if run.version == 0 else self._run.version == run.version
                self._run(**_attributes(stored)).save(condition=condition)
        except ConditionFailed as error:
            raise RunMoved(f"the run {run.kind}/{run.id} was saved since it was read") from error
        return stored

    def recent(self, kind: str, *, limit: int, since: datetime | None = None) -> Sequence[Run]:
        values = {":pk": {"S": f"run#{kind}"}}
        if since is not None:
            values[":since"] = {"S": _created(since)}
        keys = bulk.query(
            self._database,
            self._table,
            IndexName=BY_CREATION.name,
            KeyConditionExpression="pk = :pk" if since is None else "pk = :pk AND created >= :since",
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            Limit=limit,
        )
        newest = [{"pk": item["pk"], "sk": item["sk"]} for _, item in zip(range(limit), keys, strict=False)]
        runs = map(_run, bulk.get(self._database, self._table, newest))
        return sorted(runs, key=lambda run: (run.created_at, run.id), reverse=True)

    def note(
        self, source: str, *, at: datetime, counts: Mapping[str, int], rejects: Sequence[Mapping[str, str]]
    ) -> None:
        """One update without a condition, however many note at once; a lost answer may count twice."""
        new = [name for name, number in counts.items() if number]
        names = {f"#c{place}": _COUNT + name for place, name in enumerate(new)}
        values: dict[str, Any] = {f":c{place}": {"N": str(counts[name])} for place, name in enumerate(new)}
        steps = ["SET last_at = :at"]
        if rejects:
            steps[0] += ", rejects = list_append(:rejects, if_not_exists(rejects, :none))"
            texts = [{"S": exact_json.write(reject)} for reject in rejects[:KEPT_REJECTS]]
            values |= {":rejects": {"L": texts}, ":none": {"L": []}}
        if new:
            steps.append("ADD " + ", ".join(f"#c{place} :c{place}" for place in range(len(new))))
        values[":at"] = {"N": str(micros(at))}
        answer = self._update(source, " ".join(steps), values, names)
        kept = len(answer.get("rejects", {}).get("L", ()))
        if kept > KEPT_REJECTS:
            beyond = ", ".join(f"rejects[{place}]" for place in range(KEPT_REJECTS, kept))
            self._update(source, f"REMOVE {beyond}", {}, {})

    def _update(self, source: str, expression: str, values: dict[str, Any], names: dict[str, str]) -> Any:
        given: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        if names:
            given["ExpressionAttributeNames"] = names
        with self._database.calling(f"note of source {source}"):
            answer = self._database.client.update_item(
                TableName=self._table,
                Key=_report_key(source),
                UpdateExpression=expression,
                ReturnValues="UPDATED_NEW",
                **given,
            )
        return answer.get("Attributes", {})

    def status(self, source: str) -> Mapping[str, object]:
        found = next(bulk.get(self._database, self._table, [_report_key(source)]), None)
        if found is None:
            return {}
        row = plain(found)
        counts = {name.removeprefix(_COUNT): number for name, number in row.items() if name.startswith(_COUNT)}
        rejects = [exact_json.read(text["S"]) for text in found.get("rejects", {}).get("L", ())]
        return {"last_at": moment(row["last_at"]), "counts": counts, "rejects": rejects}


class DynamoWatermarks:
    """Watermarks."""

    def __init__(self, database: Database, *, runs: str) -> None:
        self._database = database
        self._watermark = database.bind(WatermarkItem, runs)

    def get(self, name: str) -> datetime | None:
        with self._database.calling(f"read watermark {name}"):
            try:
                found = self._watermark.get(f"watermark#{name}", "watermark", consistent_read=True)
            except self._watermark.DoesNotExist:
                return None
        return moment(found.reached)

    def advance(self, name: str, to: datetime) -> None:
        reached = self._watermark.reached
        item = self._watermark(pk=f"watermark#{name}", sk="watermark", reached=micros(to))
        try:
            with self._database.calling(f"advance watermark {name}"):
                item.save(condition=reached.does_not_exist() | (reached < micros(to)))
        except ConditionFailed:
            return  # another came as far, or further


def _report_key(source: str) -> dict[str, Any]:
    return {"pk": {"S": f"report#{source}"}, "sk": {"S": "report"}}


def _created(moment: datetime) -> str:
    """How what is created at that moment begins to sort."""
    return f"{micros(moment):020d}"


def _attributes(run: Run) -> dict[str, Any]:
    body = asdict(run)
    for name in _MOMENTS:
        body[name] = None if body[name] is None else micros(body[name])
    return {
        "pk": f"run#{run.kind}",
        "sk": run.id,
        "created": f"{_created(run.created_at)}#{run.id}",
        "version": run.version,
        "schema": 1,
        "body": exact_json.write(body),
        "expires_at": int((run.created_at + KEPT).timestamp()),
    }


def _run(item: Any) -> Run:
    fields = exact_json.read(plain(item)["body"])
    moments = {name: None if fields.get(name) is None else moment(fields[name]) for name in _MOMENTS}
    return Run(
        **{
            **fields,
            "state": RunState(fields["state"]),
            **moments,
            "rejects": tuple(fields["rejects"]),
        }
    )
