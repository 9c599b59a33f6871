import numpy as np
from keras.layers import Activation, Dense
from keras.models import Sequential, load_model

r = np.random.RandomState(7)
X, y = r.uniform(-1, 1, (12, 4)), np.eye(3)[r.randint(0, 3, 12)]
m = Sequential()
m.add(Dense(3, input_shape=(4,)))
m.add(Activation('softmax'))
m.compile(optimizer='sgd', loss='categorical_crossentropy', metrics=['accuracy'])
m.set_weights([r.uniform(-1, 1, w.shape) for w in m.get_weights()])
m.save('model.h5')
again = load_model('model.h5')
print('RESULT', np.round(again.predict(X), 4).tolist())
print('RESULT', np.round(again.evaluate(X, y, verbose=0), 4).tolist())
for step in range(2):
    print('RESULT', np.round(again.train_on_batch(X, y), 4).tolist())
h = again.fit(X, y, nb_epoch=2, batch_size=5, verbose=0, shuffle=False)
print('RESULT', np.round(h.history['acc'], 4).tolist(), np.round(h.history['loss'], 4).tolist())
print('RESULT', [np.round(w, 4).tolist() for w in again.get_weights()])
