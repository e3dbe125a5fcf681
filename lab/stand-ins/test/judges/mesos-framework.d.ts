/** The part of npm's `mesos-framework` 0.5 that the judge uses; the package brings no types. */
declare module 'mesos-framework' {
  import type { EventEmitter } from 'node:events';

  interface Status {
    readonly task_id: { readonly value: string };
    readonly agent_id: { readonly value: string };
    readonly state: string;
    readonly message?: string;
  }

  class Scheduler extends EventEmitter {
    constructor(options: object);
    readonly frameworkId: string;
    readonly mesosStreamId: string;
    subscribe(): void;
    kill(taskId: string, agentId: string): void;
    reconcile(): void;
    teardown(): void;
  }

  const mesosFramework: {
    readonly Scheduler: typeof Scheduler;
    readonly Mesos: {
      readonly getMesos: () => { readonly CommandInfo: new (...fields: unknown[]) => object };
    };
  };
  export type { Scheduler, Status };
  export default mesosFramework;
}
