/** What stands in a field, without blanks around it; empty where it is not there. */
export const fieldText = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();
