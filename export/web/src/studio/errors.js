/** The message of an error. @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error));
