import { sleep, type Clock } from '../../shared/clock.ts';
import type { JenkinsLog } from '../cloud.ts';
import { RestartLimit, type BackOff } from './back-off.ts';
import type { MesosClient } from './mesos-client.ts';

export interface FlowOptions {
  readonly connect: () => Promise<MesosClient>;
  /** Runs over one connection until that ends; resolves with the reason. */
  readonly run: (client: MesosClient) => Promise<string>;
  readonly retries: BackOff & { readonly most: number };
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: JenkinsLog;
  readonly signal: AbortSignal;
}

const logger = 'akka.stream.scaladsl.RestartWithBackoffFlow';
/** `RestartFlow.withBackoff` in the plugin's `Session.create`. */
const restarts = { minMs: 3000, maxMs: 30_000, most: 20 };

/**
 * One connection after the other, as `Session.create` of the plugin 2.0 has them: a lost connection is made
 * anew after 3 to 30 s, and each time the client tries again after 1 to 30 s. Resolves when it gives up.
 *
 * Giving up comes sooner than the 20 restarts suggest: the plugin connects while it *builds* the flow, and
 * what fails there ends the flow (Akka 2.5.12 and 2.6 do not guard the factory). So the client's retries
 * alone decide: with answers or refusals at once it is over after 31 to 37 s. A host that is silent makes
 * each try last the 10 s for connecting, longer than the smallest delay, and is tried for ever.
 */
export async function runFlow(options: FlowOptions): Promise<string> {
  const { run, clock, random, log, signal } = options;
  const limit = new RestartLimit(restarts, restarts.most);
  for (;;) {
    const client = await connectWithRetries(options);
    if (client instanceof Error) return client.message;
    const since = clock.now();
    const reason = await run(client);
    const delay = limit.next(clock.now() - since, random());
    if (delay === undefined || signal.aborted) return reason;
    log('WARNING', logger, `Restarting graph due to failure: ${reason}`);
    await sleep(clock, delay);
  }
}

/** `Session.connectClient`: the error is what the last try said. */
async function connectWithRetries(options: FlowOptions): Promise<MesosClient | Error> {
  const { connect, retries, clock, random, log, signal } = options;
  const limit = new RestartLimit(retries, retries.most);
  for (;;) {
    const since = clock.now();
    const outcome = await connect().catch(asError);
    if (!(outcome instanceof Error)) return outcome;
    const delay = limit.next(clock.now() - since, random());
    if (delay === undefined || signal.aborted) return outcome;
    log('WARNING', logger, `Restarting graph due to failure: ${outcome.message}`);
    await sleep(clock, delay);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
