// A practice question: shows the feedback to the answer that was picked. Without this script the answers stand under "See what each answer does".
for (const practice of document.querySelectorAll("[data-practice]")) {
  const told = practice.querySelector("[data-told]");
  practice.addEventListener("change", (event) => {
    const feedback = practice.querySelector(`[data-choice="${CSS.escape(event.target.value)}"]`);
    if (!feedback) return;
    const said = document.createElement("div");
    said.className = feedback.className;
    said.append(...[...feedback.childNodes].map((node) => node.cloneNode(true)));
    told.replaceChildren(said);
    for (const label of practice.querySelectorAll(".choice")) label.classList.remove("right", "near");
    event.target.closest(".choice").classList.add(feedback.classList.contains("tip-again") ? "near" : "right");
  });
}
