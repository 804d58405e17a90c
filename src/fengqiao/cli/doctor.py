"""``fengqiao doctor``: the state of the installation and of the watch."""

import re
from dataclasses import asdict
from typing import Annotated, Any

import typer

from fengqiao import words
from fengqiao.app.clock_said import clock_said
from fengqiao.app.doctor import AuditHealth, Health, examine
from fengqiao.cli.common import LANG, Data, Json, Lang, clock, print_json, say_clocks, t
from fengqiao.feeds.udp import RECEIVE_BUFFER_BYTES
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.nav import say_position
from fengqiao.store.audit import Head
from fengqiao.store.folder import data_folder
from fengqiao.words import plain


def add_to(app: typer.Typer) -> None:
    app.command(help=t("cli.doctor"))(doctor)


def doctor(
    audit_head: Annotated[str, typer.Option("--audit-head", metavar="SEQ:HASH", help=t("cli.doctor.head"))] = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    remembered = head_of(audit_head) if audit_head else None
    health = examine(data_folder(str(data) if data else None), remembered)
    if as_json:
        print_json(asdict(health))
    else:
        _print(health)
    raise typer.Exit(Exit.DONE if health.well else Exit.NO)


def head_of(text: str) -> Head:
    """A link of the audit chain as duty reports print it. UsageFault for anything else."""
    found = re.fullmatch(r"\s*([1-9][0-9]{0,17})\s*[:：\s]\s*([0-9a-fA-F]{64})\s*", text)
    if not found:
        raise UsageFault("audit_head", text=text)
    return Head(int(found[1]), found[2].lower())


def _print(health: Health) -> None:
    print(t("doctor.program", **health.program))
    print(t("doctor.libraries", libraries=", ".join(f"{n} {v}" for n, v in health.libraries.items())))
    print(t("doctor.data", folder=health.folder, free_gb=health.disk_free_bytes / 1e9))
    zones, register = health.zones, health.register
    facts = {"zones": zones["count"], "revision": zones["revision"]}
    print(t("doctor.charts", **facts, vessels=register["vessels"], register=register["revision"]))
    print(_thresholds(health.thresholds))
    broken = health.raw_log["broken"]
    chain = t("doctor.chain_broken", broken=broken) if broken else t("doctor.chain_whole")
    print(t("doctor.raw", **health.raw_log | {"chain": chain}))
    print(_audit(health.audit))
    last = clock(health.frame_ms) if health.frame_ms else t("doctor.never")
    watch = "doctor.watch" if health.watch_running else "doctor.no_watch"
    print(t(watch, clock=last, last=last, vessels=health.vessels))
    for feed in health.picture.get("feeds", ()):
        print(_feed(feed, health.picture["time_ms"]))
        if clocks := health.picture.get("clocks", {}).get(feed["feed"]):
            print(t("doctor.clocks", clocks=say_clocks(clocks)))
        if loss := health.picture.get("losses", {}).get(feed["feed"]):
            print(say_loss(loss))
    stopped_s = health.picture.get("source_stopped_s", 0)
    if stopped_s:
        print(t("doctor.source_stopped", stopped_s=stopped_s))
    if health.watch_running and (said := clock_said(health.picture.get("clock"))):
        print(f"!! {t(said.message, **said.facts)}")
    far = health.picture.get("farthest")
    if far:
        where = say_position(far["lon"], far["lat"])
        name = plain(far["name"] or str(far["mmsi"]))
        print(t("doctor.farthest", name=name, distance_nm=far["distance_nm"], position=where))


def _thresholds(found: dict[str, Any]) -> str:
    if fault := found["fault"]:
        return t("doctor.thresholds_fault", said=words.say(LANG, fault["message"], fault))
    return t("doctor.thresholds", **found)


def _audit(audit: AuditHealth) -> str:
    broken = audit.broken
    if broken is None:
        return t("doctor.audit_whole", last=audit.last, head=audit.head) if audit.last else t("doctor.audit_empty")
    found = {"at": broken.at or "--", "actor": broken.actor, "what": broken.what}
    return t(f"doctor.audit_{broken.reason}", seq=broken.seq, before=broken.seq - 1, store=audit.store, **found)


def say_loss(loss: dict[str, Any]) -> str:
    """What a feed of datagrams lost, and how to lose less."""
    system = t("doctor.loss_unknown") if loss["system"] is None else t("doctor.loss_count", n=loss["system"])
    said = t("doctor.loss", ours=loss["ours"], system=system, kib=loss["buffer_bytes"] // 1024)
    small = loss["system"] and loss["buffer_bytes"] < RECEIVE_BUFFER_BYTES
    return said + t("doctor.loss_mend", wanted=RECEIVE_BUFFER_BYTES) if small else said


def _feed(feed: dict[str, Any], at_ms: int) -> str:
    offset = feed["offset_s"]
    return t(
        "doctor.feed",
        feed=feed["feed"],
        rate_per_s=feed["rate_per_s"],
        age_s=max(0.0, (at_ms - feed["last_ms"]) / 1000),
        damaged_share=feed["damaged"] / feed["sentences"] if feed["sentences"] else 0.0,
        offset=t("doctor.no_offset") if offset is None else t("doctor.offset", offset_s=offset),
    )
