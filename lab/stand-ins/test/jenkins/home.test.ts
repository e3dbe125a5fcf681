import { expect, test } from 'vitest';
import { HomeNotWritable, prepareHome } from '../../src/jenkins/home.ts';

test('a home that may not be written ends the start in the words of the image', () => {
  const warnings: string[] = [];
  const prepare = () => {
    prepareHome('/proc/no-home', 'today', (text) => warnings.push(text));
  };
  expect(prepare).toThrow(HomeNotWritable);
  expect(prepare).toThrow(
    'Can not write to /proc/no-home/copy_reference_file.log. Wrong volume permissions?',
  );
  expect(warnings[0]).toContain('missing rw permissions on JENKINS_HOME: /proc/no-home');
});
