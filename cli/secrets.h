/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

/*
 * Called before the first password or token is read. From then on the process
 * dumps no core, which could hold them, and other processes of the user may not
 * trace it: sets the soft RLIMIT_CORE to 0 and PR_SET_DUMPABLE to 0. Ignores
 * errors. Any thread may call it, also again.
 */
void guard_secrets(void);
/* Overwrites a text; NULL-safe. */
void wipe_password(char *password);

#endif
