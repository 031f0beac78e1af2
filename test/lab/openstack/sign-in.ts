/** How Guts signs in to the built-in cloud: with its certificate pinned, as an operator would have it. */
import { DestinationSignIn } from '../../../main/shared/connections.ts';
import type { OpenstackLab } from './start.ts';

/** As one of the lab's users, in that user's own project. @throws Error for a user that the lab does not have */
export function signInAs(lab: OpenstackLab, userName = lab.users[0]?.name): DestinationSignIn {
  const user = lab.users.find(({ name }) => name === userName);
  if (user === undefined) throw new Error(`The lab has no user “${userName ?? ''}”.`);
  const auth = {
    method: 'password',
    userName: user.name,
    userDomain: 'Default',
    project: user.defaultProject,
    projectDomain: 'Default',
  };
  return signIn(lab, auth, user.password);
}

/** With the lab's application credential. */
export function signInWithCredential(lab: OpenstackLab): DestinationSignIn {
  const { id, secret } = lab.applicationCredential;
  return signIn(lab, { method: 'applicationCredential', id }, secret);
}

/** With the lab's application credential by its name, which takes its user too. */
export function signInWithNamedCredential(lab: OpenstackLab, name = lab.applicationCredential.name): DestinationSignIn {
  const userName = lab.users[0]?.name;
  const auth = { method: 'applicationCredentialByName', name, userName, userDomain: 'default' };
  return signIn(lab, auth, lab.applicationCredential.secret);
}

function signIn(lab: OpenstackLab, auth: object, secret: string): DestinationSignIn {
  return DestinationSignIn.parse({
    connection: {
      id: 'dst_builtinlab00',
      name: 'Built-in cloud',
      kind: 'openstack',
      authUrl: lab.authUrl,
      auth,
      region: null,
      interface: 'public',
      trust: { kind: 'pinned', sha256: lab.fingerprint },
      proxy: null,
      createdAt: new Date().toISOString(),
      about: null,
    },
    secret,
  });
}
