/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

/* Called before the first password or token is read. From then on the process
 * dumps no core, which could hold them. May be called again. */
void guard_secrets(void);

#endif
