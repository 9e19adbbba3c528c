// "Show this picture" puts it where its words stand; without this script the link opens it on a page of its own.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show-picture]");
  if (!link) return;
  event.preventDefault();
  const figure = link.closest("figure");
  const told = figure.querySelector(".unseen");
  const way = link.parentElement;
  const picture = new Image(link.dataset.width, link.dataset.height);
  picture.alt = told.textContent;
  picture.tabIndex = -1; // the focus goes on from here, not from the top of the page
  picture.addEventListener("error", () => picture.replaceWith(told, way), { once: true });
  picture.src = link.href;
  way.remove();
  told.replaceWith(picture);
  picture.focus();
});
