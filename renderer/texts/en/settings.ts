/** The settings. */
export const settings = {
  'settings.title': 'Settings',
  'settings.appearance': 'Language and appearance',
  'settings.language': 'Language',
  'settings.theme': 'Theme',
  'settings.theme.auto': 'As the system',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.compact': 'Narrow rows in tables',
};
