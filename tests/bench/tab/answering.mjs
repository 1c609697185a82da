// The worker's end of a tab: each message is the name of one of these functions, and what it is given.

export function answering(functions) {
  onmessage = async ({ data: [name, ...values] }) => {
    try {
      postMessage({ answer: await functions[name](...values) });
    } catch (error) {
      postMessage({ error: `${error.stack ?? error}` });
    }
  };
}

// Else memory that nobody holds any more would count.
export const collect = () => gc();
