"""The function that sends notices as mails and to the topic."""
