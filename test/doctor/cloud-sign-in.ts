/** How to sign in to the simulated cloud, for stories of the path doctor. */
import { DestinationSignIn } from '../../main/shared/connections.ts';
import type { OpenstackLab } from '../lab/openstack/start.ts';

export function cloudSignIn(lab: OpenstackLab, user = lab.users[0]): DestinationSignIn {
  return DestinationSignIn.parse({
    secret: user?.password,
    connection: {
      id: 'dst_000000000001',
      name: 'cloud',
      kind: 'openstack',
      authUrl: lab.authUrl,
      auth: {
        method: 'password',
        userName: user?.name,
        userDomain: 'Default',
        project: user?.defaultProject,
        projectDomain: 'Default',
      },
      region: null,
      interface: 'public',
      trust: { kind: 'pinned', sha256: lab.fingerprint },
      proxy: null,
      createdAt: new Date(0).toISOString(),
      about: null,
    },
  });
}
