"""What reads the support mailbox: turns each mail into what its writer newly says, and decides who answers it."""
