// Reads every workbook of a folder and writes it into another: node through.cjs exceljs|sheetjs FROM TO
const fs = require("fs");
const path = require("path");

const [program, from, to] = process.argv.slice(2);
const library = require(path.join(process.cwd(), "node_modules", program === "exceljs" ? "exceljs" : "xlsx"));

async function written(name) {
  const source = path.join(from, name);
  const target = path.join(to, name);
  if (program === "exceljs") {
    const book = new library.Workbook();
    await book.xlsx.readFile(source);
    await book.xlsx.writeFile(target);
  } else {
    // As people use it: days as days, so that they are written as days again.
    library.writeFile(library.readFile(source, { cellDates: true }), target, { cellDates: true });
  }
}

(async () => {
  for (const name of fs.readdirSync(from)) await written(name);
})();
