"""What psutil's check-then-kill does to a process that got the PID within one clock tick.

Run in a PID namespace of its own:
    unshare --pid --fork --kill-child --mount-proc python psutil_reuse.py 5000
"""

import os
import signal
import sys

import psutil


def idle():
    pid = os.fork()
    if pid == 0:
        while True:
            signal.pause()
    return pid


def start_ticks(pid):
    with open(f"/proc/{pid}/stat", "rb") as f:
        return f.read().rpartition(b") ")[2].split()[19]


rounds = equal = hit = hit_equal = lost = 0
while rounds < int(sys.argv[1]):
    victim = idle()
    handle = psutil.Process(victim)
    old = start_ticks(victim)
    os.kill(victim, signal.SIGUSR2)
    os.waitpid(victim, 0)
    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
        f.write(str(victim - 1))
    bystander = idle()
    if bystander != victim:
        lost += 1
        os.kill(bystander, signal.SIGKILL)
        os.waitpid(bystander, 0)
        continue
    rounds += 1
    same = start_ticks(bystander) == old
    equal += same
    try:
        handle.kill()
    except psutil.NoSuchProcess:
        pass
    os.kill(bystander, signal.SIGUSR2)
    killed = os.waitstatus_to_exitcode(os.waitpid(bystander, 0)[1]) == -signal.SIGKILL
    hit += killed
    hit_equal += killed and same
print(
    f"psutil {psutil.__version__}: {rounds} rounds, {equal} with equal start ticks;"
    f" wrong process killed {hit} times, {hit_equal} of them with equal start ticks"
)
