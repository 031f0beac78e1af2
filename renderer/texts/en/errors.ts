/** What stands around an error, whose own words come from where it happened; and what is wrong with a field. */
export const errors = {
  'error.whatToDo': 'What to do',
  'error.details': 'Details',
  'error.copy': 'Copy details',
  'error.copied': 'Copied',
  'error.tryAgain': 'Try again',
  'error.mayPass': 'Trying again may help.',
  'error.code': 'Code',
  'field.notNumber': 'Give a number.',
  'field.outside': 'From {{min}} to {{max}}.',
};
