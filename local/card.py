"""What `make up` ends with: the addresses, what just happened, and what to do next."""

from local.console import console
from local.demo.story import HERO
from local.outcome import Outcome, post, sentence
from local.stackfile import Stack
from local.users import PEOPLE


def print_card(stack: Stack, told: Outcome | None) -> None:
    console.print()
    rows = {"API": stack.api_url, "API docs": f"{stack.api_url}/docs", "Mailbox": stack.mailbox_url}
    for name, url in rows.items():
        console.print(f"  {name:9} {url}", soft_wrap=True)
    for person in PEOPLE[:4]:
        login = stack.users[person.key]
        console.print(f"  {person.role:9} {login.email}  {login.password}", soft_wrap=True, markup=False)
    console.print()
    if told:
        console.print(f"  {sentence(told)}", soft_wrap=True, markup=False)
        console.print(f"  {post(told)}", soft_wrap=True, markup=False)
    console.print(f"  Your turn: [bold]make send ACCOUNT={HERO} MRR=1400[/bold]   (Ctrl-C or make down stops it)")
