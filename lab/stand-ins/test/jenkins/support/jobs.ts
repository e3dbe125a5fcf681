export const xml = { 'Content-Type': 'application/xml' };

interface Parts {
  readonly label?: string | undefined;
  readonly shells?: readonly string[];
  readonly publishers?: string;
  readonly properties?: string;
  readonly more?: string;
}

/** A freestyle job as a client would send it. */
export function jobXml({ shells = ['true'], ...parts }: Parts = {}): string {
  const label = 'label' in parts ? parts.label : 'build';
  const steps = shells.map(
    (text) =>
      `<hudson.tasks.Shell><command>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</command></hudson.tasks.Shell>`,
  );
  const place =
    label === undefined
      ? '<canRoam>true</canRoam>'
      : `<assignedNode>${label}</assignedNode><canRoam>false</canRoam>`;
  return `<?xml version='1.1' encoding='UTF-8'?>
<project>
  <description>a &lt;small&gt; build</description>
  <properties>${parts.properties ?? ''}</properties>
  <scm class="hudson.scm.NullSCM"/>
  ${place}
  <disabled>false</disabled>
  ${parts.more ?? ''}
  <builders>${steps.join('')}</builders>
  <publishers>${parts.publishers ?? ''}</publishers>
</project>`;
}

export const archiver = (artifacts: string): string =>
  `<hudson.tasks.ArtifactArchiver><artifacts>${artifacts}</artifacts></hudson.tasks.ArtifactArchiver>`;

export const keeping = (builds: number): string =>
  `<jenkins.model.BuildDiscarderProperty><strategy class="hudson.tasks.LogRotator"><daysToKeep>-1</daysToKeep><numToKeep>${builds}</numToKeep></strategy></jenkins.model.BuildDiscarderProperty>`;

export const parameter = (name: string, value: string): string =>
  `<hudson.model.ParametersDefinitionProperty><parameterDefinitions><hudson.model.StringParameterDefinition><name>${name}</name><defaultValue>${value}</defaultValue></hudson.model.StringParameterDefinition></parameterDefinitions></hudson.model.ParametersDefinitionProperty>`;
