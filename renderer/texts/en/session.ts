/** Before there is a Guts to work with: starting, the vault's passphrase, signing in. */
export const session = {
  'session.starting': 'Guts is starting',
  'session.startingWhy': 'It reads its files and goes on with what was interrupted.',
  'session.stopping': 'Guts is ending',
  'session.stoppingWhy': 'What runs is brought to a halt where it can go on later. That may take a minute.',
  'session.failed': 'Guts did not start',
  'session.retry': 'Start again',
  'session.lockedNew': 'Choose a passphrase for your passwords',
  'session.lockedNewWhy':
    'This computer has no key store. Guts can keep passwords in a sealed file on it, which opens with a passphrase only.',
  'session.locked': 'The passphrase of your vault',
  'session.lockedWhy': 'The passwords of your connections are in a sealed file on this computer.',
  'session.passphrase': 'Passphrase',
  'session.passphraseAgain': 'Passphrase once more',
  'session.passphraseShort': 'Take at least 8 characters.',
  'session.passphraseDiffers': 'These are two different passphrases.',
  'session.unlock': 'Open the vault',
  'session.create': 'Make the vault',
  'session.withoutVault': 'Go on without a vault',
  'session.withoutVaultWhy': 'Passwords are then kept in memory only, and asked for again after every start.',
  'session.signIn': 'Sign in to Guts',
  'session.signInWhy':
    'Give a token of this server. Its administrator makes one with “guts token create”; the server’s own is in “api-token” in its data folder.',
  'session.token': 'Token',
  'session.tokenMissing': 'Give a token.',
  'session.signInNow': 'Sign in',
  'session.signOut': 'Sign out',
};
