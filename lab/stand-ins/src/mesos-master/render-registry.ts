import { nanoseconds } from '../shared/mesos.ts';
import type { Registry } from './registrar.ts';

/** `/registrar(1)/registry`, in the shape of 1.12.0. */
export function renderRegistry(registry: Registry): object {
  return {
    ...(registry.master === undefined ? {} : { master: { info: registry.master } }),
    slaves: {
      slaves: registry.agents.map(({ info, deactivated }) => ({
        deactivated,
        info: { ...info, resources: info.resources.map((one) => ({ ...one, role: '*' })) },
      })),
    },
    ...(registry.unreachable.length === 0
      ? {}
      : { unreachable: { slaves: absent(registry.unreachable) } }),
    ...(registry.gone.length === 0 ? {} : { gone: { slaves: absent(registry.gone) } }),
  };
}

function absent(agents: readonly { readonly id: string; readonly sinceMs: number }[]): object[] {
  return agents.map(({ id, sinceMs }) => ({
    id: { value: id },
    timestamp: nanoseconds(sinceMs),
  }));
}
