/**
 * The plugins that the rendered configuration needs, with the versions of
 * `images/jenkins-controller/plugins.txt`. Raise them there and here together.
 */
export const defaultPlugins: Readonly<Record<string, string>> = {
  'build-discarder': '158.vce570d01ce4c',
  'configuration-as-code': '2006.v001a_2ca_6b_574',
  mesos: '2.0',
};
