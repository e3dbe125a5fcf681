/** Shape of a controller as an app, small enough for the recorded offers. */
export const jenkinsApp = {
  id: '/ci/jenkins',
  cpus: 0.5,
  mem: 256,
  container: {
    type: 'DOCKER',
    docker: { image: 'registry.example/jenkins:1' },
    volumes: [{ containerPath: '/var/jenkins_home', hostPath: '/srv/jenkins', mode: 'RW' }],
  },
  portDefinitions: [
    { port: 32001, name: 'http' },
    { port: 32002, name: 'agent' },
  ],
  requirePorts: true,
  constraints: [['docker', 'LIKE', 'yes']],
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  unreachableStrategy: 'disabled',
  taskKillGracePeriodSeconds: 60,
  labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
};
