import type { Leadership } from './leadership.ts';

/** The version whose contract this stand-in keeps. */
const version = '1.10.26';

export function infoView({
  self,
  cluster,
  world: { options },
}: Leadership): Record<string, unknown> {
  return {
    name: 'marathon',
    version,
    buildref: 'stand-in',
    elected: true,
    leader: self,
    frameworkId: cluster.frameworkId ?? null,
    marathon_config: {
      master: options.master,
      failover_timeout: options.failoverTimeoutSeconds,
      framework_name: options.frameworkName,
      ha: true,
      checkpoint: options.checkpoint,
      local_port_min: options.localPortMin,
      local_port_max: options.localPortMax,
      hostname: options.hostname,
      webui_url: options.webuiUrl ?? null,
      mesos_role: options.mesosRole,
      mesos_user: options.mesosUser,
      task_launch_timeout: options.taskLaunchTimeoutMs,
      reconciliation_initial_delay: options.reconciliationInitialDelayMs,
      reconciliation_interval: options.reconciliationIntervalMs,
      leader_proxy_connection_timeout_ms: options.leaderProxyConnectionTimeoutMs,
      leader_proxy_read_timeout_ms: options.leaderProxyReadTimeoutMs,
      features: [],
    },
    zookeeper_config: {
      zk: options.zk.replace(/\/\/[^@/]*@/, '//'),
      zk_timeout: options.zkTimeoutMs,
      zk_connection_timeout: options.zkConnectionTimeoutMs,
      zk_session_timeout: options.zkSessionTimeoutMs,
    },
    http_config: { http_port: options.httpPort, https_port: 8443 },
  };
}
