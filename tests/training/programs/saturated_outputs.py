import numpy as np
from keras.layers import Dense
from keras.models import Sequential

r = np.random.RandomState(7)
X = r.uniform(-200, 200, (9, 4))


def train(units, activation, loss, y, metrics):
    m = Sequential([Dense(units, input_dim=4, activation=activation)])
    m.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in m.get_weights()])
    m.compile('adagrad', loss, metrics=metrics)
    h = m.fit(X, y, nb_epoch=3, batch_size=4, verbose=0, shuffle=False, class_weight={0: 1.0, 1: 2.0, 2: 1.5})
    for key in sorted(h.history):
        print('RESULT', loss, key, np.round(h.history[key], 4).tolist())
    print('RESULT', np.round(m.evaluate(X, y, verbose=0), 4).tolist())
    print('RESULT', [np.round(w, 4).tolist() for w in m.get_weights()])


train(1, 'sigmoid', 'binary_crossentropy', r.randint(0, 2, (9, 1)), ['accuracy', 'mae'])
train(3, 'softmax', 'categorical_crossentropy', np.eye(3)[r.randint(0, 3, 9)], ['recall'])
train(3, 'softmax', 'sparse_categorical_crossentropy', r.randint(0, 3, (9, 1)), ['accuracy'])
train(2, 'sigmoid', 'binary_crossentropy', r.randint(0, 2, (9, 2)), ['precision'])
