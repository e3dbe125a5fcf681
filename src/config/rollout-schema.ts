import { integer } from './grammar.ts';
import { portion } from './portion.ts';
import { duration } from './quantities.ts';
import { section } from './sections.ts';

/** How changes of running services go from host to host. */
export const rolloutSchema = section({
  batch: portion('hosts changed at once', 1)
    .prefault('10%')
    .describe(
      'Mesos agents, and gateways nobody comes in by, that are changed at once. All others go one at a time.',
    ),
  canary: integer('a number of hosts', 0, 1000)
    .default(1)
    .describe('Hosts that go before the first batch.'),
  maxFailures: portion('hosts that may fail', 0)
    .prefault(0)
    .describe('Hosts of batches that may fail before the rollout stops.'),
  pause: duration({ min: '0s', max: '1h' })
    .prefault('0s')
    .describe('After each batch: time for which everything must stay in order.'),
});
