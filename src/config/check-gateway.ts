import { type Check, type Checked, hostsWith, roleSources } from './check.ts';
import type { Fault, Path } from './fault.ts';

const entrancePath = ['gateway', 'address'];
const vipPath = ['gateway', 'vip'];

/** How people find a gateway when one is lost. Whether the address is free in its network, only a host can tell. */
export const checkGateway: Check = (checked) => {
  const { address, vip } = checked.file.gateway;
  if (address !== 'vip') {
    const message = `has no meaning with gateway.address: ${address}: write address: vip, or remove it`;
    return vip === undefined ? [] : [{ path: vipPath, at: 'key', message, needs: [entrancePath] }];
  }
  return vip === undefined
    ? [missingVip]
    : [...tooFewGateways(checked), ...missingImage(checked), ...takenAddress(checked, vip.address)];
};

const missingVip: Fault = {
  path: entrancePath,
  message: 'vip needs the address that moves: write vip: { address: … } beside it',
  needs: [vipPath],
};

/** One host alone has nobody to hand the address to. */
function tooFewGateways(checked: Checked): Fault[] {
  const count = hostsWith(checked, 'gateway').length;
  if (count >= 2) return [];
  const has = count === 0 ? 'no host has' : 'only one host has';
  const message = `vip needs two hosts or more with the role gateway, ${has} it`;
  return [{ path: entrancePath, message, needs: [entrancePath, ...roleSources] }];
}

function missingImage({ spec }: Checked): Fault[] {
  if (spec.images.keepalived !== undefined) return [];
  const message =
    'vip needs images.keepalived: there is no official image, build one from images/keepalived';
  return [{ path: entrancePath, message, needs: [['images', 'keepalived']] }];
}

function takenAddress({ spec }: Checked, vip: string): Fault[] {
  const path: Path = [...vipPath, 'address'];
  return spec.hosts
    .filter(({ address, ssh }) => address === vip || ssh.address === vip)
    .slice(0, 1)
    .map(({ name }) => ({
      path,
      message: `${vip} is the address of ${name}: take one that no host has`,
      needs: [path, ['hosts', name]],
    }));
}
