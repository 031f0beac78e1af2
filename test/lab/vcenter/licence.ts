/** What a single ESXi host says of itself and its licence, and what it refuses without one that is paid for. */
import { type ManagedObject, managedObject } from './managed-object.ts';
import { data, type Data, list, type Ref } from './values.ts';
import { VimFault } from './vim-fault.ts';

/** `free`: its API looks, and changes and exports nothing. */
export type HostLicence = 'free' | 'paid';

const NAMES: Readonly<Record<HostLicence, { readonly editionKey: string; readonly name: string }>> = {
  free: { editionKey: 'esxBasic.cpuPackage', name: 'VMware vSphere 8 Hypervisor' },
  paid: { editionKey: 'esx.standard.cpuPackage', name: 'VMware vSphere 8 Standard' },
};
const LOOKS =
  /^(?:Retrieve|Continue|Cancel|Create(?:Filter|ContainerView|PropertyCollector)|Destroy|WaitFor|Query|Has|Log|Session|Current)/;

export const LICENCE_MANAGER: Ref = { type: 'LicenseManager', id: 'ha-license-manager' };

export const licenceManager = (licence: HostLicence): ManagedObject =>
  managedObject(LICENCE_MANAGER, {
    licenses: () =>
      list('LicenseManagerLicenseInfo', [
        data('LicenseManagerLicenseInfo', { licenseKey: '00000-00000-00000-00000-00000', ...NAMES[licence], total: 0 }),
      ]),
  });

/** @throws VimFault RestrictedVersion */
export function mustBeLicensed(method: string, licence: HostLicence | null): void {
  if (licence === 'free' && !LOOKS.test(method))
    throw new VimFault(
      'RestrictedVersion',
      'Current license or ESXi version prohibits execution of the requested operation.',
    );
}

/** In place of what a vCenter says. */
export const hostAbout = (version: string): Data['fields'] => ({
  name: 'VMware ESXi',
  fullName: `VMware ESXi ${version} build-24022510`,
  build: '24022510',
  osType: 'vmnix-x86',
  productLineId: 'embeddedEsx',
  apiType: 'HostAgent',
  licenseProductName: 'VMware ESX Server',
});
