import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import type { Flags } from '../shared/flags.ts';
import type { Log } from '../shared/log.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { aborted } from '../shared/program.ts';
import type { Checked } from './checks.ts';
import { askReplica, joinLogGroup } from './log-group.ts';
import { LogRegistrar, MemoryRegistrar } from './registrar.ts';
import { fileStore, Replica } from './replica.ts';
import { ReplicatedLog } from './replicated-log.ts';

export interface StorageOptions {
  readonly flags: Flags;
  readonly clock: Clock;
  readonly log: Log;
  readonly exit: (code: number) => void;
  readonly info: MasterInfo;
  readonly joinLog?: typeof joinLogGroup;
}

export interface Storage {
  readonly registrar: LogRegistrar | MemoryRegistrar;
  /** Missing with `--registry=in_memory`. */
  readonly replicas: { readonly log: ReplicatedLog; readonly replica: Replica } | undefined;
  /** Joins the other replicas' group and recovers. */
  readonly start: () => void;
}

export function openStorage(options: StorageOptions, checked: Checked): Storage {
  const { flags } = options;
  if (flags.text('registry') === 'in_memory') {
    return { registrar: new MemoryRegistrar(), replicas: undefined, start: () => undefined };
  }
  const folder = join(flags.required('work_dir'), 'replicated_log');
  const replica = new Replica(fileStore(join(folder, 'replica.json')));
  let peers: () => readonly string[] = () => [];
  const log = new ReplicatedLog({
    replica,
    quorum: checked.quorum,
    autoInitialize: flags.isOn('log_auto_initialize'),
    clock: options.clock,
    peers: () => peers(),
    ask: askReplica,
    say: (text) => {
      options.log.info('recover.cpp:468', text);
    },
  });
  return {
    registrar: logRegistrar(options, log),
    replicas: { log, replica },
    start: () => {
      if (checked.url !== undefined) peers = joinGroup(options, checked.url);
      log.recover();
    },
  };
}

function joinGroup(options: StorageOptions, url: NonNullable<Checked['url']>) {
  options.log.info('log.cpp:108', 'Attempting to join replica to ZooKeeper group');
  return (options.joinLog ?? joinLogGroup)({
    url,
    sessionTimeoutMs: options.flags.durationMs('zk_session_timeout'),
    clock: options.clock,
    self: `${options.info.address.ip}:${options.info.port}`,
    onError: (error) => {
      options.log.warning('group.cpp:455', String(error));
    },
  });
}

function logRegistrar(options: StorageOptions, log: ReplicatedLog): LogRegistrar {
  const { flags, clock } = options;
  return new LogRegistrar({
    log,
    clock,
    fetchTimeoutMs: flags.durationMs('registry_fetch_timeout'),
    storeTimeoutMs: flags.durationMs('registry_store_timeout'),
    onStoreTimeout: () => {
      const limit = flags.required('registry_store_timeout');
      options.log.fatal(
        'registrar.cpp:610',
        `Registrar aborting: Failed to update registry: Failed to perform store within ${limit}`,
      );
      options.exit(aborted);
    },
  });
}
