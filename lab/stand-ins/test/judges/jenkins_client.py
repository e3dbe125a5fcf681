"""Debian's python3-jenkins, as somebody's script would use it, against a Jenkins at URL.

usage: jenkins_client.py URL USER PASSWORD < jobs.json
Prints one JSON object: what each step gave, or the error it raised. Run it with /usr/bin/python3.
"""

import json
import sys
import time

import jenkins

DEADLINE_SECONDS = 10


def until(ask, holds):
    """The first answer that holds; the last one when the time is up."""
    ends = time.monotonic() + DEADLINE_SECONDS
    while True:
        answer = ask()
        if holds(answer) or time.monotonic() > ends:
            return answer
        time.sleep(0.1)


def finished_build(server, name, parameters=None):
    item = server.build_job(name, parameters)
    queued = until(lambda: server.get_queue_item(item), lambda one: "executable" in one)
    number = queued["executable"]["number"]
    return until(lambda: server.get_build_info(name, number), lambda one: not one["building"])


def stopped_build(server, name):
    item = server.build_job(name)
    queued = until(lambda: server.get_queue_item(item), lambda one: "executable" in one)
    number = queued["executable"]["number"]
    started = until(lambda: server.get_build_info(name, number), lambda one: one["building"])
    server.stop_build(name, number)
    ended = until(lambda: server.get_build_info(name, number), lambda one: not one["building"])
    console = server.get_build_console_output(name, number)
    return {"building": started["building"], "result": ended["result"], "console": console}


def waiting_item(server, name):
    """Nothing runs while the only node is offline; the reason is told, and the item can be cancelled."""
    server.disable_node("n1", "away")
    offline = server.get_node_info("n1")
    item = server.build_job(name)
    why = until(lambda: server.get_queue_item(item).get("why"), lambda text: text and "n1" in text)
    queue = [one["id"] for one in server.get_queue_info()]
    server.cancel_queue(item)
    after = [one["id"] for one in server.get_queue_info()]
    server.enable_node("n1")
    back = server.get_node_info("n1")
    return {
        "offline": [offline["temporarilyOffline"], offline["offlineCauseReason"]],
        "why": why,
        "queued": item in queue,
        "cancelled": item not in after,
        "back": not back["temporarilyOffline"],
    }


def refused(url):
    try:
        jenkins.Jenkins(url, username="admin", password="wrong").get_whoami()
        return "let in"
    except jenkins.JenkinsException as fault:
        return type(fault).__name__ + ": " + str(fault)


def job_steps(server, configs):
    with_shell = lambda text: configs["plain"].replace("SHELL", text)
    yield "create_job", lambda: server.create_job("demo", with_shell("compile"))
    yield "create_job again", lambda: server.create_job("demo", with_shell("compile"))
    yield "job_exists", lambda: [bool(server.job_exists(name)) for name in ("demo", "none")]
    yield "get_job_config", lambda: "compile" in server.get_job_config("demo")
    yield "jobs", lambda: [server.jobs_count(), [one["name"] for one in server.get_all_jobs()]]
    yield "build", lambda: finished_build(server, "demo")
    yield "console", lambda: server.get_build_console_output("demo", 1)
    yield "create with parameters", lambda: server.create_job("asks", configs["asking"])
    yield "build with parameters", lambda: finished_build(server, "asks", {"WHO": "me"})
    yield "without parameters", lambda: server.build_job("asks")
    yield "reconfig_job", lambda: server.reconfig_job("demo", with_shell("fail"))
    yield "failing build", lambda: finished_build(server, "demo")["result"]
    yield "get_job_info", lambda: server.get_job_info("demo")
    yield "reconfig to hang", lambda: server.reconfig_job("demo", with_shell("hang"))
    yield "stopped build", lambda: stopped_build(server, "demo")
    yield "running builds", server.get_running_builds
    yield "waiting item", lambda: waiting_item(server, "demo")
    yield "disable_job", lambda: server.disable_job("demo")
    yield "disabled", lambda: server.get_job_info("demo")["buildable"]
    yield "enable_job", lambda: server.enable_job("demo")
    yield "copy_job", lambda: server.copy_job("demo", "copied")
    yield "rename_job", lambda: server.rename_job("copied", "renamed")
    yield "delete_build", lambda: server.delete_build("demo", 1)
    yield "delete_job", lambda: server.delete_job("demo")
    yield "job is gone", lambda: server.get_job_info("demo")


def steps(url, server, configs):
    yield "whoami", lambda: server.get_whoami()["id"]
    yield "version", server.get_version
    yield "wrong password", lambda: refused(url)
    yield "plugins", lambda: [one["shortName"] for one in server.get_plugins_info()]
    yield "nodes", server.get_nodes
    yield "node", lambda: server.get_node_info("n1")
    yield "views", lambda: [one["name"] for one in server.get_views()]
    yield from job_steps(server, configs)
    yield "create_node", lambda: server.create_node("n2", launcher=jenkins.LAUNCHER_JNLP)
    yield "delete_node", lambda: server.delete_node("n1")
    yield "quiet_down", server.quiet_down


def outcome(step):
    try:
        return {"result": step()}
    except Exception as fault:  # pylint: disable=broad-except
        return {"error": f"{type(fault).__name__}: {fault}"}


def main(url, user, password):
    server = jenkins.Jenkins(url, username=user, password=password, timeout=10)
    configs = json.load(sys.stdin)
    print(json.dumps({name: outcome(step) for name, step in steps(url, server, configs)}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
