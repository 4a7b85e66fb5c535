"""`python -m live_monitor` is `live-monitor`."""

from live_monitor.cli import main

main()
