import type { Endpoint, ZookeeperSession } from '../ports.ts';
import type { Dial } from './wire.ts';

export interface ZookeeperTarget extends Endpoint {
  readonly host: string;
  readonly deadlineMs: number;
}

export function openZookeeper(_dial: Dial, _target: ZookeeperTarget): Promise<ZookeeperSession> {
  throw new Error('not yet');
}
