import { expect, test } from 'vitest';
import { readSettings } from '../../src/jenkins/settings.ts';

test('ports, address and prefix come from JENKINS_OPTS, arguments of the container win', () => {
  const env = { JENKINS_OPTS: '--httpPort=31080 --httpListenAddress=10.0.0.1 --prefix=/ci/' };
  expect(readSettings([], env)).toMatchObject({
    httpPort: 31080,
    httpListenAddress: '10.0.0.1',
    prefix: '/ci',
    home: '/var/jenkins_home',
    cascSources: ['/var/jenkins_home/jenkins.yaml'],
  });
  expect(readSettings(['--httpPort=1'], env).httpPort).toBe(1);
});

test('the variable for the agent port is ignored where Java has the property', () => {
  const property = '-Xmx1g -Djenkins.model.Jenkins.slaveAgentPort=31500';
  const env = { JENKINS_SLAVE_AGENT_PORT: '50000' };
  expect(readSettings([], env).agentPort).toBe(50000);
  expect(readSettings([], { ...env, JAVA_OPTS: property }).agentPort).toBe(31500);
  expect(readSettings([], {}).agentPort).toBeUndefined();
});

test('the agent port is enforced by its own property', () => {
  const env = { JENKINS_JAVA_OPTS: '-Djenkins.model.Jenkins.slaveAgentPortEnforce=true' };
  expect(readSettings([], env).agentPortEnforced).toBe(true);
});
