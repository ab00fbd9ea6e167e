"""The page that shows the mails which the emulator's SES took: nothing leaves this machine."""
