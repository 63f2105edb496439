"""`python -m commands` is `wenzheng`."""

from commands import main

main()
