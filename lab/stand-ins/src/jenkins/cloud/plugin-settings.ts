import { parseDurationMs } from './durations.ts';

/** `usi.jenkins` of the plugin's `application.conf`; every value can be set as a Java property. */
export interface PluginSettings {
  /** So long may an agent take until it is online. */
  readonly agentTimeoutMs: number;
  readonly failoverTimeoutMs: number;
  readonly commandQueueBufferSize: number;
  readonly connectionRetries: number;
  readonly connectionMinBackoffMs: number;
  readonly connectionMaxBackoffMs: number;
}

type Property = (name: string) => string | undefined;

export function readPluginSettings(property: Property): PluginSettings {
  const text = (name: string, otherwise: string) => property(`usi.jenkins.${name}`) ?? otherwise;
  const duration = (name: string, otherwise: string) =>
    parseDurationMs(`usi.jenkins.${name}`, text(name, otherwise));
  return {
    agentTimeoutMs: duration('agent-timeout', '5 minutes'),
    failoverTimeoutMs: duration('failover-timeout', '7 days'),
    commandQueueBufferSize: Number(text('command-queue-buffer-size', '256')),
    connectionRetries: Number(text('connection-retries', '5')),
    connectionMinBackoffMs: duration('connection-min-backoff', '1 second'),
    connectionMaxBackoffMs: duration('connection-max-backoff', '30 seconds'),
  };
}
