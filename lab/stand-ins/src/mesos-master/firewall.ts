import type { Flags } from '../shared/flags.ts';
import { text, type Answer } from '../shared/http.ts';

/** `--firewall_rules`: whole paths only, as they were asked for (3rdparty/libprocess firewall.hpp, 1.11). */
export function firewallBy(flags: Flags): (path: string) => Answer | undefined {
  const rules = JSON.parse(flags.text('firewall_rules') ?? '{}') as {
    disabled_endpoints?: { paths?: readonly string[] };
  };
  const disabled = new Set(rules.disabled_endpoints?.paths);
  return (path) => (disabled.has(path) ? text(`Endpoint '${path}' is disabled`, 403) : undefined);
}
