// What orval makes, by the name of the program that uses it. DOCUMENT and CLIENT are the document and the file to write.

const input = process.env.DOCUMENT;
const target = process.env.CLIENT;

export default {
  "orval-axios": { input, output: { target, client: "axios", override: { title: () => "GroupDispatch" } } },
  "orval-zod": { input, output: { target, client: "zod" } },
};
